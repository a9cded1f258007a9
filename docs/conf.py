"""The four books, built by Sphinx from Markdown: `make docs`."""

from __future__ import annotations

from qinglian import __version__

project = "Qinglian 清廉"
author = "The authors of Qinglian"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"Qinglian 清廉 {version}"
html_show_copyright = False
html_copy_source = False
html_static_path = ["style"]
html_css_files = ["books.css"]
