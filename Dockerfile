# JupyterLab with the lessons: docker run -p 8888:8888, then open the address with its token.
FROM python:3.12.11-slim-bookworm

RUN useradd --create-home --uid 1000 student
WORKDIR /home/student/fidle_vae
RUN chown student:student .
USER student
ENV PATH=/home/student/fidle_vae/.venv/bin:$PATH

# EXTRAS=gpu brings TensorFlow with CUDA; what changes least is copied first, so that it is kept
ARG EXTRAS=cpu
COPY --chown=student:student pyproject.toml constraints.txt README.md LICENSE ./
COPY --chown=student:student fidle_vae fidle_vae
RUN python -m venv .venv && \
    .venv/bin/python -m pip install --no-cache-dir -c constraints.txt -e ".[$EXTRAS]"
COPY --chown=student:student notebooks notebooks
COPY --chown=student:student data data
COPY --chown=student:student run_dir run_dir

EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]
