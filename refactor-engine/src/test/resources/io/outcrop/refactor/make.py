"""Makes a directory of files with everything about them that archives can hold; needs root."""
import os, sys

os.chdir(sys.argv[1])
os.umask(0)
for name in (b"plain", b"set-user-id", b"n" * 100, b"n" * 101, b"n" * 250, b"caf\xe9", "caf\u00e9".encode(), b"sp ace", b"new\nline"):
    with open(name, "wb") as file:
        file.write(name * 3)
os.chmod("set-user-id", 0o6755)
open("empty", "w").close()
deep = b"/".join([b"d" * 60] * 5)
os.makedirs(deep, 0o755)
with open(deep + b"/file", "wb") as file:
    file.write(b"deep")
os.utime(deep + b"/file", ns=(0, 1300000000000000000))
os.mkdir("sticky")
os.chmod("sticky", 0o1777)
os.symlink("plain", "link")
os.symlink(b"t" * 150, "long-link")
os.link("plain", "zz-hard-link")
os.mkfifo("pipe", 0o640)
os.mknod("character", 0o20600, os.makedev(1, 3))
os.mknod("block", 0o60600, os.makedev(8, 17))
with open("sparse", "wb") as file:
    file.seek(1 << 20)
    file.write(b"data")
    file.truncate(3 << 20)
os.chown("plain", 1000, 2000)
os.chown("caf\u00e9", 3000000, 4000000)
if "xattrs" in sys.argv:
    os.setxattr("empty", "security.capability", b"\x01\x00\x00\x02\x80\x00" + bytes(14))
    os.setxattr("sp ace", "user.binary", b"a=\x00\n\xff")
    os.setxattr("sticky", "user.none", b"")
for name in os.listdir(b"."):
    os.utime(name, ns=(0, 1500000000123456789 if "nanos" in sys.argv else 1500000000000000000), follow_symlinks=False)
for directory, directories, files in os.walk(b".", topdown=False):
    if directory != b".":
        os.utime(directory, ns=(0, 1400000000000000000))
if "negative" in sys.argv:
    os.utime("empty", ns=(0, -1500000000 if "nanos" in sys.argv else -2000000000))
