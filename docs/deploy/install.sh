#!/usr/bin/env bash
# 离线安装:核对校验值,建虚拟环境,只用包内的软件(不访问任何网络)。
#   bash install.sh [安装到的文件夹,缺省 /opt/duban]        PYTHON=python3.11
# 再装一次即升级:程序整个换新,配置(DUBAN_JURISDICTIONS)和数据(DUBAN_VAR)不在这里,不受影响。
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/duban}
python=${PYTHON:-python3}
wheels=$here/wheels/$(uname -m)
[ -d "$wheels" ] || { echo "本包没有 $(uname -m) 的软件;可用:$(ls "$here/wheels")" >&2; exit 2; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上" >&2; exit 2; }
(cd "$here" && sha256sum --quiet --check SHA256SUMS) || { echo "文件与校验值不符,请重新拷贝" >&2; exit 1; }
mkdir -p "$target"
for part in flows tasks reports config docs prefect.yaml requirements.lock pyproject.toml README.md LICENSE CHANGELOG.md fonts; do
  if [ -e "$here/$part" ]; then rm -rf "${target:?}/$part" && cp -R "$here/$part" "$target/"; fi
done
rm -rf "$target/.venv"
"$python" -m venv --without-pip "$target/.venv"
"$target/.venv/bin/python" "$(ls "$here"/wheels/pip-*.whl)/pip" install --quiet --disable-pip-version-check --no-index \
  --find-links "$wheels" --no-deps --require-hashes -r "$target/requirements.lock"
cd "$target"
DUBAN_VAR=$(mktemp -d) .venv/bin/python -m flows check-config -j demo
echo "已安装到 $target。字体在 $target/fonts(设 DUBAN_FONTS);接下来见 docs/operating.md。"
