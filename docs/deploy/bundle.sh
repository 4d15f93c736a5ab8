#!/usr/bin/env bash
# Make a bundle that installs without any network: code, wheels for each architecture, fonts, checksums.
#   bash docs/deploy/bundle.sh [OUTPUT]      ARCHITECTURES="x86_64 aarch64" PYTHON_VERSIONS="3.11" PYTHON=.venv/bin/python
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
bundle=$(mkdir -p "${1:-dist}" && cd "${1:-dist}" && pwd)/duban-$version
rm -rf "$bundle"
mkdir -p "$bundle"

git archive HEAD | tar -x -C "$bundle"
for architecture in ${ARCHITECTURES:-x86_64 aarch64}; do
  for wanted in ${PYTHON_VERSIONS:-3.11}; do
    # What the lock names for other systems (Windows) is left out by its markers.
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
      -r requirements.lock -d "$bundle/wheels/$architecture" --implementation cp --python-version "$wanted" \
      --abi "cp${wanted/./}" --abi abi3 --abi none \
      --platform "manylinux_2_28_$architecture" --platform "manylinux_2_27_$architecture" \
      --platform "manylinux_2_26_$architecture" --platform "manylinux_2_24_$architecture" \
      --platform "manylinux_2_17_$architecture" --platform "manylinux2014_$architecture" --platform any
  done
done
mkdir -p "$bundle/fonts"
for folder in /usr/share/fonts/opentype/noto /usr/share/fonts/truetype/arphic /usr/share/fonts/opentype/fandol; do
  if [ -d "$folder" ]; then cp -L "$folder"/* "$bundle/fonts/"; fi
done
cp docs/deploy/install.sh "$bundle/install.sh"
(cd "$bundle" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
tar -C "$(dirname "$bundle")" -cf "$bundle.tar" "$(basename "$bundle")"
(cd "$(dirname "$bundle")" && sha256sum "$(basename "$bundle").tar" > "$(basename "$bundle").tar.sha256")
du -sh "$bundle.tar" | cut -f 1
