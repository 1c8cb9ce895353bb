"""How the pages look: colours that can be told apart and read, and the style sheet of the frame."""

from pathlib import Path

INK, QUIET, PAPER, PANEL, LINE = "#16202a", "#4a5866", "#ffffff", "#f4f6f8", "#c4ccd4"
GOOD, WARN, WARN_PAPER, ACTION = "#1d6b45", "#9a3d00", "#fff6ef", "#1d4e89"
TEXTS = ((INK, PAPER), (INK, PANEL), (QUIET, PAPER), (QUIET, PANEL), (PAPER, ACTION), (ACTION, PAPER),
         (GOOD, PAPER), (WARN, PAPER), (WARN, WARN_PAPER), (INK, WARN_PAPER))  # fmt: skip
"""Which colours stand as text on which: all are told apart well enough to be read."""

CONFIG = {
    "theme.base": "light",
    "theme.primaryColor": ACTION,
    "theme.backgroundColor": PAPER,
    "theme.secondaryBackgroundColor": PANEL,
    "theme.textColor": INK,
    "theme.borderColor": LINE,
    "theme.linkColor": ACTION,
    "theme.baseRadius": "small",
    "theme.baseFontSize": 15,
    "theme.headingFontSizes": ["1.5rem", "1.2rem", "1.05rem"],
    "theme.sidebar.backgroundColor": PANEL,
    "theme.sidebar.borderColor": LINE,
    "theme.showSidebarBorder": True,
}
"""The settings of Streamlit that make it so."""
SIDEBAR = 216
"""Width of the menu, in pixels."""

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 170 28" height="28"><path d="M4 4h20v9c0 6-5 9-10 '
    f'11C9 22 4 19 4 13z" fill="{ACTION}"/><path d="M9 10h10M9 14h6" stroke="#fff" stroke-width="2"/>'
    f'<text x="34" y="20" font-family="Segoe UI,Roboto,Arial,sans-serif" font-size="16" font-weight="600" '
    f'textLength="132" lengthAdjust="spacingAndGlyphs" '
    f'fill="{INK}">ESRO scheduler</text></svg>'
)
MARK = LOGO.partition("<text")[0].replace("0 0 170 28", "0 0 28 28") + "</svg>"

STYLE = f"<style>{Path(__file__).with_name('frame.css').read_text(encoding='utf-8')}</style>"
