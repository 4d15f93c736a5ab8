#!/usr/bin/env bash
# What a stranger does: a clean Debian with nothing but python3 and no network at all, the bundle, and the first mail.
#   bash docs/deploy/try_bundle.sh BUNDLE.tar [ROOT]     (as root; needs debootstrap and a Debian mirror to make the clean root)
# ROOT is made unless it is there already. Prints the first mail and exits 0 when it has arrived.
set -euo pipefail
bundle=$(realpath "$1")
root=${2:-$(mktemp -d)/debian}
if [ ! -e "$root/usr/bin/python3" ]; then
  debootstrap --variant=minbase --include=python3 bookworm "$root" ${DEBIAN_MIRROR:-} > "$(dirname "$root")/debootstrap.log"
fi
mkdir -p "$root/root/bundle"
cp "$bundle" "$bundle.sha256" "$root/root/bundle/"
cat > "$root/root/first_mail.sh" <<'STEPS'
set -euo pipefail
cd /root/bundle
sha256sum --check duban-*.tar.sha256
tar -xf duban-*.tar
bash duban-*/install.sh /opt/duban
cd /opt/duban
export DUBAN_VAR=/var/lib/duban DUBAN_FONTS=/opt/duban/fonts
.venv/bin/python -m flows run daily-supervision -j demo-county --as-of 2026-07-15
find /var/lib/duban/mail -name '*.eml' | sort | head -n 1
STEPS
# A namespace of its own: no interface but its loopback, and mounts that go with it.
unshare --net --mount --pid --fork bash -c '
  set -e
  python3 - <<UP || ip link set lo up
import fcntl, socket, struct
probe = socket.socket()
fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 1))
UP
  mount -t proc proc "$1/proc"
  exec chroot "$1" env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 bash /root/first_mail.sh' - "$root"
mail=$(find "$root/var/lib/duban/mail" -name '*.eml' | sort | head -n 1)
[ -n "$mail" ] || { echo "没有收到邮件" >&2; exit 1; }
python3 - "$mail" <<'SHOW'
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print("第一封邮件:", mail["To"], mail["Subject"], sep="\n  ")
SHOW
