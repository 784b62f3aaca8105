"""A filled form as a file: HTML that prints on A4, Word, Markdown."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.severity.forms.content import UNKNOWN, Form

FORMATS = ("html", "docx", "md")


def render_form(form: Form, kind: str) -> bytes:
    """The form as a file of this kind."""
    if kind == "docx":
        from pipeline.cli.form_word import write_word

        return write_word(form)
    template = _environment(kind).get_template(f"form.{kind}.j2")
    return template.render(form=form, head=head_lines(form)).encode()


def _environment(kind: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.severity.forms"),
        autoescape=kind == "html",  # noqa: S701  (Markdown cells are escaped by `cell`)
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["cell"] = _cell
    environment.globals["drilled"] = drill_mark
    return environment


def drill_mark(form: Form) -> str:
    """What marks a drill, at the top of the form; "" in earnest."""
    if not form.drill:
        return ""
    return f"演练：{form.drill}" if form.language == "zh" else f"DRILL: {form.drill}"


def _cell(text: str) -> str:
    """Text that cannot break out of a table cell of Markdown, nor carry markup."""
    plain = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(plain.split())


def head_lines(form: Form) -> list[str]:
    """Addressees, channel, unit and date, as they stand above the first section."""
    is_zh = form.language == "zh"
    to = ("、" if is_zh else "; ").join(form.addressees) or UNKNOWN.of(form.language)
    unit = ("填报单位：" if is_zh else "Unit: ") + form.unit
    dated = ("填报日期：" if is_zh else "Date: ") + form.dated
    number = ("事件编号：" if is_zh else "Incident: ") + form.incident_id
    return [
        f"{form.sent}{'：' if is_zh else ': '}{to}",
        form.channel,
        *([unit, dated] if form.dated else []),
        number,
    ]
