"""The source of the package, shown in a lesson, open or folded."""

from bs4 import BeautifulSoup

from fidle_vae.course import show_source
from fidle_vae.models.layers import SamplingLayer


def test_the_source_of_a_function_is_shown_as_code():
    shown = show_source(SamplingLayer.call)
    assert str(shown).startswith("def call(self")
    assert "<details" not in shown._repr_html_()


def test_folded_code_is_in_the_page_and_closed():
    page = BeautifulSoup(show_source(SamplingLayer.call, folded=True)._repr_html_(), "html.parser")
    details = page.find("details")
    assert not details.has_attr("open")
    said = details.summary.get_text()
    assert said == "The code of SamplingLayer.call: open it when your check is right."
    assert details.select_one(".highlight") is not None
    assert "def call" in details.get_text()


def test_folded_code_is_no_code_as_text():
    text = repr(show_source(SamplingLayer.call, folded=True))
    assert text == "The code of `SamplingLayer.call`: open it when your check is right."
