"""A filled form as a Word file, set as the MIIT plan's annex 3 asks.

A4; body 仿宋_GB2312 三号 (16 pt); headings 黑体 and 楷体. Tables are set in 四号 (14 pt).
"""

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from pipeline.cli.form_files import drill_mark, head_lines
from pipeline.severity.forms.content import Form, Section

BODY, TITLE, HEADING = "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
KEPT_TOGETHER = 200
"""A box with more characters may go over the page: moved as a whole it leaves half a page empty."""
BLACK = RGBColor(0, 0, 0)
SIZE_2, SIZE_3, SIZE_4, SMALL_4 = Pt(22), Pt(16), Pt(14), Pt(12)
"""二号, 三号, 四号, 小四."""


def write_word(form: Form) -> bytes:
    """The whole file."""
    document = Document()
    _set_language(document)
    set_page(document)
    _number_pages(document)
    mark = drill_mark(form)
    if mark:
        centre(write_text(document.add_paragraph(), mark, TITLE, SIZE_3))
    centre(write_text(document.add_heading(level=1), form.title, TITLE, SIZE_2))
    for line in head_lines(form):
        write_text(document.add_paragraph(), line, BODY, SMALL_4)
    for section in form.sections:
        heading = document.add_heading(level=2)
        write_text(heading, section.heading, _heading_font(section), SIZE_3)
        heading.paragraph_format.space_before = Pt(12)  # clear of the table above
        (_write_prose if section.prose else _write_table)(document, section)
    write_text(document.add_paragraph(), form.signature, BODY, SIZE_3)
    for note in (*form.notes, form.article):
        write_text(document.add_paragraph(), note, BODY, SMALL_4)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_language(document: WordDocument) -> None:
    """Chinese of the mainland: without it a printer may take another script's shapes."""
    (language,) = document.styles.element.xpath("w:docDefaults//w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")


def _number_pages(document: WordDocument) -> None:
    """`- 1 -` at the foot of each page, in 四号 (GB/T 9704)."""
    paragraph = centre(document.sections[0].footer.paragraphs[0])
    for part in ("- ", "PAGE", " -"):
        run = paragraph.add_run("" if part == "PAGE" else part)
        run.font.name, run.font.size = LATIN, SIZE_4
        if part == "PAGE":
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), part)
            field.append(run._element)
            paragraph._p.append(field)


def set_page(document: WordDocument) -> None:
    """A4, with the margins of the forms."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(26)
    page.top_margin = page.bottom_margin = Mm(25)


def _heading_font(section: Section) -> str:
    """黑体 for the headings of running text, 楷体 above tables."""
    return TITLE if section.prose else HEADING


def _write_prose(document: WordDocument, section: Section) -> None:
    for line in section.lines:
        paragraph = write_text(document.add_paragraph(), line.value, BODY, SIZE_3)
        paragraph.paragraph_format.first_line_indent = Pt(32)  # two characters of 三号


def _write_table(document: WordDocument, section: Section) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, (Mm(46), Mm(112)), strict=True):
        column.width = width
    for line in section.lines:
        row = table.add_row()
        if len(line.value) <= KEPT_TOGETHER:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = row.cells
        for cell, text in zip(cells, (line.label, line.value), strict=True):
            spacing = write_text(cell.paragraphs[0], text, BODY, SIZE_4).paragraph_format
            spacing.space_before = spacing.space_after = Pt(1)


def write_text(paragraph: Paragraph, text: str, font: str, size: Pt) -> Paragraph:
    """Add the text to the paragraph, in this font for Chinese."""
    run = paragraph.add_run(_printable(text))
    run.font.name, run.font.size, run.font.color.rgb = LATIN, size, BLACK
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    return paragraph


def centre(paragraph: Paragraph) -> Paragraph:
    """Put it into the middle."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _printable(text: str) -> str:
    """Without control characters, which a Word file cannot hold: each reads as U+FFFD."""
    return "".join(c if c >= " " or c in "\n\t" else "\ufffd" for c in text)
