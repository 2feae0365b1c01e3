"""What a hostile model tries, and how it tells: each view's first pixel names an attack, and its score whether it succeeded.

Nothing here does harm where it succeeds: it leaves a marker, reads a planted file, reaches a listener of the test's own, or
asks the kernel for what it then does not use. `SOURCE` runs within the model, by itself: it is marshalled into a Lambda.
"""

from __future__ import annotations

import base64
import marshal
from pathlib import Path
from typing import Any

from model_files import chained, layer, write_hdf5

SOURCE = """
import ctypes, errno, fcntl, mmap, os, resource, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)

def write(path):
    with open(path, "a"): return True
def read(path):
    with open(path, "rb") as file: return bool(file.read(1))
def call(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *[a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True
def reach(family, kind, address):
    with socket.socket(family, kind) as plug:
        plug.settimeout(2); plug.connect(address); plug.send(b"x")
    return True
def link():
    path = os.path.join(T["temporary"], "link"); os.symlink(T["secret"], path)
    return read(path)
def forked():
    child = os.fork()
    if child == 0: os._exit(0)
    os.waitpid(child, 0); return True
def shared(): mmap.mmap(-1, 1 << 30).close(); return True
def private(more=0): mmap.mmap(-1, 100 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | more).close(); return True
def addresses():
    mmap.mmap(-1, 60 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ).close(); return True
def owned():
    reads, writes = os.pipe()
    fcntl.fcntl(reads, fcntl.F_SETOWN, T["parent"]); return True
def lifted():
    resource.prlimit(0, resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2); return True
def noise():
    for place in (1, 2):
        for _ in range(1000): os.write(place, b"{" * 100_000)
    return False
def traced(request): return libc.ptrace(request, T["parent"], 0, 0) == 0
def loops():
    while True: pass
def not_a_number(): return float("nan")
def crash(): ctypes.string_at(0)

ATTACKS = {
    **{f"write to {where}": (lambda path=path: write(path)) for where, path in T["writes"].items()},
    "append to the model": lambda: write(T["model"]),
    "make a folder": lambda: os.mkdir(T["folder"] + "/made") or True,
    "make a link": lambda: os.symlink("/", T["folder"] + "/link") or True,
    "follow a link in the temporary folder": link,
    "remove a picture": lambda: os.unlink(T["picture"]) or True,
    "rename a picture": lambda: os.rename(T["picture"], T["picture"] + "2") or True,
    "cut a picture": lambda: os.truncate(T["picture"], 0) or True,
    "change a picture's mode": lambda: os.chmod(T["picture"], 0o644) or True,
    "change a picture's times": lambda: os.utime(T["picture"]) or True,
    "change a picture's owner": lambda: os.chown(T["picture"], -1, -1) or True,
    "mark a picture": lambda: os.setxattr(T["picture"], "user.x", b"x") or True,
    "write 100 GB": lambda: [open(T["temporary"] + "/big", "ab").write(bytes(1 << 20)) for _ in range(100)] and True,
    "write to shared memory": lambda: write("/dev/shm/xaifake-marker"),
    "read a secret": lambda: read(T["secret"]),
    "read a picture": lambda: read(T["picture"]),
    "list the pictures": lambda: bool(os.listdir(os.path.dirname(T["picture"]))),
    "list the home": lambda: bool(os.listdir(os.path.expanduser("~root") if os.getuid() == 0 else "/home")),
    "read the users": lambda: read("/etc/passwd"),
    "see a token": lambda: "XAIFAKE_TEST_TOKEN" in os.environ,
    "read the parent's environment": lambda: read(f"/proc/{T['parent']}/environ"),
    "open the parent's memory": lambda: os.open(f"/proc/{T['parent']}/mem", os.O_RDWR) and True,
    "copy the parent's memory": lambda: call(T["calls"]["process_vm_readv"], T["parent"], 0, 0, 0, 0, 0),
    "seize the parent": lambda: traced(0x4206),
    "attach to the parent": lambda: traced(16),
    "signal the parent": lambda: os.kill(T["parent"], 0) or True,
    "own a pipe's signals": owned,
    "outlive the parent": lambda: libc.prctl(1, 0, 0, 0, 0) == 0,
    "reach TCP": lambda: reach(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", T["tcp"])),
    "reach UDP": lambda: reach(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", T["udp"])),
    "reach TCP over IPv6": lambda: reach(socket.AF_INET6, socket.SOCK_STREAM, ("::1", T["tcp"])),
    "reach an abstract socket": lambda: reach(socket.AF_UNIX, socket.SOCK_STREAM, T["abstract"].encode()),
    "make a netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close() or True,
    "make a packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close() or True,
    "make a pair of sockets": lambda: [each.close() for each in socket.socketpair()] and True,
    "make a socket by x32": lambda: call(0x40000000 + 41, 2, 1, 0),
    "make an io_uring": lambda: call(425, 1, b"\\0" * 120),
    "run a program": lambda: subprocess.run(["/bin/true"], check=True) and True,
    "run a program by posix_spawn": lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0) and True,
    "become a program": lambda: os.execv("/bin/true", ["true"]),
    "run a shell": lambda: os.system("true") == 0,
    "fork": forked,
    "make a memory file": lambda: os.memfd_create("x") and True,
    "take memory shared": shared,
    "take 100 GB": private,
    "take 100 GB as a stack": lambda: private(0x100),
    "take 60 TB of addresses": lambda: addresses(),
    "take 100 GB by numpy": lambda: __import__("numpy").ones(100 << 27).size > 0,
    "lift a limit": lifted,
    "leave the namespaces": lambda: call(T["calls"]["unshare"], 0x20000),
    "shout": noise,
    "crash": crash, "answer with NaN": not_a_number, "loop": loops,
}
LAST = ("crash", "answer with NaN", "loop")
if T["only"]:
    ATTACKS = {name: attack for name, attack in ATTACKS.items() if name in T["only"]}

def attempt(name):
    try:
        return float(ATTACKS[name]())
    except (OSError, MemoryError, subprocess.SubprocessError):
        return 0.0
    except Exception:
        return 7.0  # the attack's own mistake

def run(x):
    import tensorflow as tf
    once = sys.modules.setdefault("at load", {name: attempt(name) for name in ATTACKS if name not in LAST})
    def ask(batch):
        names = [list(ATTACKS)[int(view[0, 0, 0])] for view in batch]
        return __import__("numpy").array([[attempt(name) + 10 * once.get(name, 0)] for name in names], "float32")
    answer = tf.numpy_function(ask, [x], tf.float32)
    answer.set_shape((None, 1))
    return answer
"""


def attacking(path: Path, targets: dict[str, Any]) -> Path:
    """A model in HDF5 that makes every attack when it is loaded, and one for each view when it is asked.

    Args:
        path: where to write it.
        targets: what is to be attacked, as `SOURCE` names it.
    """
    source = f"T = {targets!r}\n{SOURCE}"
    made: dict[str, Any] = {}
    body = f"    names = {{}}\n    exec({source!r}, names)\n    return names['run'](x)"
    exec(f"def hostile(x):\n{body}", made)  # noqa: S102 - our own lines
    code = base64.b64encode(marshal.dumps(made["hostile"].__code__)).decode() + "\n"
    config: dict[str, Any] = {"function": [code, None, None], "function_type": "lambda", "module": "__main__"}
    config |= {"output_shape": None, "output_shape_type": "raw", "output_shape_module": None, "arguments": {}}
    return write_hdf5(path, chained(layer("Lambda", "attack", **config)))


def names_of(targets: dict[str, Any]) -> list[str]:
    """The attacks that such a model makes, in order."""
    made: dict[str, Any] = {"T": targets}
    exec(SOURCE, made)  # noqa: S102 - the functions are made here, and none is called
    return [*made["ATTACKS"]]
