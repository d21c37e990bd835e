# JupyterLab with the lessons: docker run -p 127.0.0.1:8888:8888, then open the address with its
# token. BASE is any image with Python 3.11 to 3.13; `make docker-check` makes its own.
ARG BASE=python:3.12.11-slim-bookworm
FROM $BASE

RUN useradd --create-home --uid 1000 student
USER student
ENV PATH=/home/student/.venv/bin:$PATH

# EXTRAS=gpu brings TensorFlow with CUDA
ARG EXTRAS=cpu
COPY --chown=student:student . /tmp/fidle_vae
RUN python -m venv ~/.venv && \
    python -m pip install --no-cache-dir -c /tmp/fidle_vae/constraints.txt "/tmp/fidle_vae[$EXTRAS]" && \
    fidle-vae start ~/fidle_vae
WORKDIR /home/student/fidle_vae

EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]
