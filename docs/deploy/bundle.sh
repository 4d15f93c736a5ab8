#!/usr/bin/env bash
# Make a bundle that installs without any network: code, wheels for each architecture, pip, fonts, checksums.
#   bash docs/deploy/bundle.sh [OUTPUT]      ARCHITECTURES="x86_64 aarch64" PYTHON_VERSIONS="3.11" PYTHON=.venv/bin/python
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
bundle=$(mkdir -p "${1:-dist}" && cd "${1:-dist}" && pwd)/duban-$version
rm -rf "$bundle"
mkdir -p "$bundle/wheels" "$bundle/fonts"

# pip judges the lock's markers by the Python that runs it, which may be newer than the one that will install: 3.11.2 needs
# what 3.11.7 does not. So the markers about Python are dropped, entries for another minor version are left out by hand, and
# what is for other systems (Windows) is left out by the markers that stay.
lock_for() {  # PYTHON_VERSION
  "$python" - "$1" <<'CHOOSE'
import re, sys
from pathlib import Path
minor = int(sys.argv[1].split(".")[1])
def stays(entry):
    found = re.search(r"; python_full_version (<|>=) '3\.(\d+)(\.\d+)?'", entry)
    if not found:
        return True
    at = int(found[2])
    return (minor < at or (found[3] is not None and minor == at)) if found[1] == "<" else minor >= at
for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", Path("requirements.lock").read_text(encoding="utf-8"))[1:]:
    if stays(entry):
        print(re.sub(r" ; python_full_version (?:<|>=) '[\d.]+'", "", entry), end="")
CHOOSE
}

fetch() {  # ARCHITECTURE PYTHON_VERSION FILE_OF_REQUIREMENTS
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    -r "$3" -d "$bundle/wheels/$1" --implementation cp --python-version "$2" \
    --abi "cp${2/./}" --abi abi3 --abi none \
    --platform "manylinux_2_28_$1" --platform "manylinux_2_27_$1" \
    --platform "manylinux_2_26_$1" --platform "manylinux_2_24_$1" \
    --platform "manylinux_2_17_$1" --platform "manylinux2014_$1" --platform any
}

# Ask for each package by itself, and name those that nobody has built for this machine.
name_missing() {  # ARCHITECTURE PYTHON_VERSION FILE_OF_REQUIREMENTS
  local one; one=$(mktemp -d)
  awk -v folder="$one" '/^[A-Za-z0-9]/ {file = folder "/" sprintf("%04d", ++count)} {print > file}' "$3"
  for package in "$one"/*; do
    fetch "$1" "$2" "$package" 2>/dev/null || echo "没有 $1(Python $2)的软件包:$(head -n 1 "$package" | cut -d ' ' -f 1)" >&2
  done
  rm -rf "$one"
}

git archive HEAD | tar -x -C "$bundle"
for architecture in ${ARCHITECTURES:-x86_64 aarch64}; do
  for wanted in ${PYTHON_VERSIONS:-3.11}; do
    lock_for "$wanted" > "$bundle/wheels/lock"
    if ! fetch "$architecture" "$wanted" "$bundle/wheels/lock"; then
      name_missing "$architecture" "$wanted" "$bundle/wheels/lock"
      exit 1
    fi
  done
done
rm "$bundle/wheels/lock"
# A Debian without python3-venv has no pip to begin with.
cp "$("$python" -c 'import ensurepip, pathlib; print(next((pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")))')" \
  "$bundle/wheels/"
for folder in /usr/share/fonts/opentype/noto /usr/share/fonts/truetype/arphic /usr/share/fonts/opentype/fandol; do
  if [ -d "$folder" ]; then cp -L "$folder"/* "$bundle/fonts/"; fi
done
[ -n "$(ls "$bundle/fonts")" ] || echo "注意:本机没有中文字体,包里也就没有;到安装的机器上再配(DUBAN_FONTS)" >&2
cp docs/deploy/install.sh "$bundle/install.sh"
(cd "$bundle" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
tar -C "$(dirname "$bundle")" -cf "$bundle.tar" "$(basename "$bundle")"
(cd "$(dirname "$bundle")" && sha256sum "$(basename "$bundle").tar" > "$(basename "$bundle").tar.sha256")
for architecture in ${ARCHITECTURES:-x86_64 aarch64}; do
  echo "$architecture:$(ls "$bundle/wheels/$architecture" | wc -l) 个软件包"
done
echo "$bundle.tar($(du -sh "$bundle.tar" | cut -f 1))"
