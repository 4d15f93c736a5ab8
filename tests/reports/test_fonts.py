from pathlib import Path

import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from reports.fonts import Face, find_fonts, missing_glyphs
from tasks.domain.errors import ConfigurationError


def own_font(folder: Path, family: str, characters: str) -> None:
    """Write a licensed face's stand-in: a font of that family with these characters only."""
    source = find_fonts().chains[Face.SONG][0]
    font = TTFont(source.path, fontNumber=source.index)
    subsetter = Subsetter()
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font["name"].names = []
    for name, text in ((1, family), (2, "Regular"), (4, family), (6, "own")):
        font["name"].setName(text, name, 3, 1, 0x409)
    font.save(folder / "own.otf")


def test_every_face_has_a_font_on_this_machine():
    assert all(find_fonts().chains[face] for face in Face)


def test_the_offices_own_folder_wins_over_the_system(tmp_path):
    own_font(tmp_path, "FangSong", "督办")
    assert find_fonts(tmp_path).families(Face.TEXT)[0] == "FangSong"


def test_the_title_face_takes_only_the_bold_cut_of_a_text_family():
    title = [font for font in find_fonts().chains[Face.TITLE] if font.family == "Noto Serif CJK SC"]
    assert [font.weight for font in title] == [700]


def test_without_fonts_the_error_names_the_packages(tmp_path):
    with pytest.raises(ConfigurationError, match=r"fonts-noto-cjk.*") as raised:
        find_fonts(tmp_path, system=())
    assert "fonts-arphic" in raised.value.to_do
    assert str(tmp_path) in raised.value.where


def test_rare_characters_of_names_have_glyphs():
    assert missing_glyphs("玥祎珺婳芃𬭎", find_fonts()) == ""


def test_characters_without_glyph_are_returned_once_and_sorted():
    assert missing_glyphs("\ue001督\ue000\ue001", find_fonts()) == "\ue000\ue001"


def test_white_space_and_invisible_characters_need_no_glyph():
    assert missing_glyphs("督\u3000 \n\u200b", find_fonts()) == ""


def test_a_character_of_the_second_font_is_not_missing(tmp_path):
    own_font(tmp_path, "FangSong", "督")
    assert missing_glyphs("督办", find_fonts(tmp_path)) == ""


def test_free_faces_lend_their_signs_and_licensed_ones_keep_theirs(tmp_path):
    own_font(tmp_path, "FangSong", "督")
    fonts = find_fonts(tmp_path)
    assert fonts.signs_from(Face.TEXT) is None
    assert find_fonts().signs_from(Face.TEXT) == find_fonts().families(Face.SONG)[0]
