"""Checked bags as one HTML file that needs nothing beside it."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import cv2

from foresight.data.bags.checking import CheckedBag
from foresight.data.bags.survey import COLUMNS
from foresight.pictures import Picture
from foresight.viz.style import CSS

WIDEST = 240  # pixels of a picture


def bag_page(bags: Sequence[CheckedBag]) -> str:
    """Return the page."""
    body = ''.join(map(_bag, bags))
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Bags</title>'
            f'<style>{CSS}</style><main><h1>Bags</h1>{body}</main></html>\n')


def _bag(bag: CheckedBag) -> str:
    """Return what is said of one bag."""
    parts = [f'<h2>{escape(bag.name)}</h2>']
    if bag.unusable:
        parts.append(f'<p><strong>Unusable.</strong> {escape(bag.unusable)}</p>')
    if bag.summary is not None:
        parts.append(f'<p>{bag.summary.told}</p>')
    parts += [f'<figure style="display:inline-block"><img src="{_inside(picture)}" alt="">'
              f'<figcaption>{time:.1f} s</figcaption></figure>'
              for time, picture in bag.pictures.items()]
    found = [f'<li><strong>{escape(each.kind)}</strong>: {escape(each.what)}<br>'
             f'{escape(each.remedy)}</li>' for each in bag.findings]
    parts.append(f'<ul>{"".join(found)}</ul>' if found else '')
    return ''.join(parts) + _topics(bag)


def _topics(bag: CheckedBag) -> str:
    """Return the table of topics."""
    cells = [''.join(f'<td>{escape(cell)}</td>' for cell in each.row)
             for each in bag.topics.values()]
    head = ''.join(f'<th>{each}</th>' for each in COLUMNS)
    return f'<table><tr>{head}</tr>{"".join(f"<tr>{row}</tr>" for row in cells)}</table>'


def _inside(picture: Picture) -> str:
    """Return a picture as an address that holds it."""
    height, width = picture.shape[:2]
    scale = min(1.0, WIDEST / width)
    small = cv2.resize(picture, (round(width * scale), max(1, round(height * scale))),
                       interpolation=cv2.INTER_AREA)
    data = cv2.imencode('.jpg', small[..., ::-1])[1].tobytes()
    return f'data:image/jpeg;base64,{b64encode(data).decode()}'
