"""The steps of deploy/container/Containerfile, run in chroots of Debian, and the result started as an engine would start it:
not root, no capabilities, no new privileges, a read-only root with one writable volume.

An engine would do the same from its own images; where none is at hand, this is as near as it gets. The program is the
ready one in $DOVETAIL; with BUILD=1 it is compiled in the build stage, with this machine's toolchain.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

from lib import PROGRAM, ROOT, SCRATCH, MailServer, Portal, check, not_tried, settings_of

CONTAINERFILE = os.path.join(ROOT, "deploy/container/Containerfile")
MIRROR = "http://deb.debian.org/debian"


def stages():
    """The stages of the Containerfile: image, and steps as (instruction, arguments)."""
    text = open(CONTAINERFILE, encoding="utf-8").read()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        instruction, arguments = line.split(None, 1)
        if instruction == "FROM":
            found.append((arguments.split()[0], []))
        else:
            found[-1][1].append((instruction, arguments.strip()))
    return found


def in_root(root, command, env=None, **options):
    clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", **(env or {})}
    return subprocess.run(["chroot", root, *command], env=clean, check=False, **options)


def bootstrap(image):
    """A chroot of the Debian that an image is made of."""
    suite = re.search(r"(trixie|bookworm|forky)", image).group(1)
    base = os.path.join(SCRATCH, "base-" + suite)
    if not os.path.isdir(base):
        given = os.environ.get("DEBOOTSTRAPPED")
        if given:
            subprocess.run(["cp", "-a", given, base], check=True)
        else:
            with open(os.path.join(SCRATCH, "debootstrap.log"), "wb") as log:
                done = subprocess.run(["debootstrap", "--variant=minbase", suite, base, MIRROR], stdout=log, stderr=log, check=False)
            check(done.returncode == 0, f"debootstrap makes Debian {suite} ({SCRATCH}/debootstrap.log)")
    root = os.path.join(SCRATCH, f"root-{len(os.listdir(SCRATCH))}")
    subprocess.run(["cp", "-a", "--reflink=auto", base, root], check=True)
    # Packages come from where this machine gets its own.
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, root + file)
    for place in ("/etc/apt/apt.conf.d",):
        subprocess.run(f"cp -n {place}/*proxy* {root}{place}/ 2>/dev/null || true", shell=True, check=True)
    return root


def shell(root, command, env, directory):
    done = in_root(root, ["sh", "-c", f"cd {directory} && {command}"], env, capture_output=True, text=True)
    check(done.returncode == 0, f"RUN {command[:90]}" + ("" if done.returncode == 0 else "\n" + done.stdout[-2000:] + done.stderr[-2000:]))


def build_stage(image, steps):
    """What the build stage installs is enough to build with; whether it builds takes half an hour."""
    root, env, directory = bootstrap(image), {}, "/"
    pinned = re.search(r'channel = "(.*)"', open(os.path.join(ROOT, "rust-toolchain.toml"), encoding="utf-8").read()).group(1)
    check(f"rust:{pinned}-" in image, f"{image} has the pinned toolchain, {pinned}")
    built = None
    for instruction, arguments in steps:
        if instruction == "ENV":
            env.update(pair.split("=", 1) for pair in shlex.split(arguments))
        elif instruction == "WORKDIR":
            directory = arguments
            os.makedirs(root + directory, exist_ok=True)
        elif instruction == "COPY":
            check(arguments == ". .", "the build stage takes the checkout")
            left_out = [f"--exclude=.{line}" for line in open(os.path.join(ROOT, ".dockerignore"), encoding="utf-8").read().split("\n") if line.startswith("/")]
            copy = f"tar -C {ROOT} {' '.join(left_out)} -cf - . | tar -C {root}{directory} -xf -"
            subprocess.run(copy, shell=True, check=True)
        elif arguments.startswith("cargo build"):
            built = compile_in(root, arguments, env, directory, pinned)
        elif instruction == "RUN":
            shell(root, arguments, env, directory)
    check(env["RUSTUP_TOOLCHAIN"] == pinned, "rust-toolchain.toml does not fetch linters")
    return built


def compile_in(root, command, env, directory, pinned):
    """`cargo build` with this machine's toolchain, which an image of Rust would bring; cargo at least reads the manifest."""
    version = subprocess.run("rustc --version && rustc --print sysroot", shell=True, capture_output=True, text=True, check=False).stdout
    toolchain = version.split("\n")[1] if "\n" in version else ""
    if f"rustc {pinned} " not in version:
        not_tried("RUN " + command, f"this machine lacks the toolchain {pinned}, which the image would bring")
        return None
    cargo_home = os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))
    env = {**env, "PATH": f"{toolchain}/bin:/usr/bin:/bin", "CARGO_HOME": cargo_home, "HOME": "/root", "RUSTUP_TOOLCHAIN": pinned}
    wanted = os.environ.get("BUILD") == "1"
    # Without the simulator and without fetching: the lock file and the manifest are whole in what was copied.
    line = command if wanted else "cargo tree --locked --offline --no-default-features --depth 0 && cc --version >/dev/null && make --version >/dev/null && perl -MFindBin -MIPC::Cmd -MPod::Usage -e 1"
    mounts = f"mkdir -p {root}{toolchain} {root}{cargo_home} && mount --bind {toolchain} {root}{toolchain} && mount --bind {cargo_home} {root}{cargo_home} && mount -t proc proc {root}/proc && mount --bind /dev {root}/dev"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{mounts} && exec /usr/sbin/chroot {root} sh -c {shlex.quote(f'cd {directory} && {line}')}"],
        env=env, capture_output=True, text=True, check=False,
    )
    check(done.returncode == 0, f"in the build stage: {line}" + ("" if done.returncode == 0 else "\n" + done.stdout[-2000:] + done.stderr[-2000:]))
    if not wanted:
        not_tried("RUN " + command, "it takes half an hour; BUILD=1 does it. The ready program takes its place")
        return None
    return f"{root}{directory}/target/release/dovetail"


class Image:
    """What the last stage makes: a root, and how an engine starts it."""

    def __init__(self, image, steps, program):
        self.root = bootstrap(image)
        self.program = program
        self.env, self.user, self.directory, self.volumes = {}, None, "/", []
        self.entrypoint = self.command = self.health = None
        for instruction, arguments in steps:
            self.take(instruction, arguments)

    def take(self, instruction, arguments):
        if instruction == "RUN":
            shell(self.root, arguments, self.env, "/")
        elif instruction == "COPY":
            *flags, source, target = arguments.split()
            shutil.copy(self.program if flags else os.path.join(ROOT, source), self.root + target)
        elif instruction == "ENV":
            self.env.update(pair.split("=", 1) for pair in shlex.split(arguments))
        elif instruction == "USER":
            self.user = arguments
        elif instruction == "WORKDIR":
            self.directory = arguments
        elif instruction == "VOLUME":
            self.volumes.append(arguments)
        elif instruction == "HEALTHCHECK":
            self.health = json.loads(arguments.split("CMD ", 1)[1])
        elif instruction == "ENTRYPOINT":
            self.entrypoint = json.loads(arguments)
        elif instruction == "CMD":
            self.command = json.loads(arguments)
        elif instruction != "EXPOSE":
            sys.exit(f"FAILED: this test knows no instruction {instruction}")

    def line(self, command):
        """How a command is started in the container: in namespaces of its own, where only the volume can be written."""
        root = shlex.quote(self.root)
        volume = self.root + self.volumes[0]
        steps = [
            f"mount --bind {root} {root}",
            f"mount --bind {volume} {volume}",
            f"mount -t proc proc {root}/proc",
            # What an engine puts into /dev, as far as it is asked for.
            *(f"touch {root}/dev/{name} && mount --bind /dev/{name} {root}/dev/{name}" for name in ("null", "zero", "urandom", "random")),
            f"mount -o remount,bind,ro {root}",
            f"exec chroot {root} setpriv --reuid={self.user.split(':')[0]} --regid={self.user.split(':')[1]} --clear-groups --no-new-privs"
            + " --bounding-set=-all --inh-caps=-all sh -c "
            + shlex.quote(f"cd {self.directory} && exec " + shlex.join(command)),
        ]
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", " && ".join(steps)]

    def does(self, settings, *command):
        done = subprocess.run(self.line(command), env=settings, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr


def starts(image):
    began = time.time()
    mail = MailServer()
    volume = image.volumes[0]
    settings = {
        **settings_of(volume, mail, 0),
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    # The image's ports would be this machine's here.
    check(image.env == {"DOVETAIL_LISTEN": "0.0.0.0:8080", "DOVETAIL_OPS_LISTEN": "0.0.0.0:9090"}, "the image listens on 8080 and 9090")
    user, group = image.user.split(":")
    check(user.isdigit() and int(user) > 0 and group.isdigit(), f"the user is the number {user}, and not root")

    _, said = image.does(settings, "id")
    check(f"uid={user} gid={group} groups={group}" in said, f"a command runs as {said.strip()}")
    for path in ("/x", "/tmp/x", "/var/tmp/x"):
        code, said = image.does(settings, "sh", "-c", f": >>{path}")
        check(code != 0 and "Read-only file system" in said, f"{path} cannot be written")
    code, said = image.does(settings, *image.entrypoint, "migrate")
    check(code == 0, "`dovetail migrate` makes the database in the volume" + (f": {said}" if code else ""))
    code, _ = image.does(settings, *image.health)
    check(code != 0, "the health check says no before the start")
    code, said = image.does(settings, "cat", "/etc/ssl/certs/ca-certificates.crt")
    check(code == 0 and said.count("BEGIN CERTIFICATE") > 50, "the authorities that vouch for Amazon's servers are there")

    log = os.path.join(SCRATCH, "container.log")
    portal = Portal(settings, image.line(image.entrypoint + image.command), log).start()
    code, said = image.does(settings, *image.health)
    check(code == 0, f"the health check says yes {said}")
    code, said = image.does(settings, *image.entrypoint, "doctor")
    check("this does not run as root" in said, "`dovetail doctor` says that it is not root")
    code, said = image.does(settings, *image.entrypoint, "backup", volume + "/backup.db")
    check(code == 0, "`dovetail backup` needs no other place to write" + (f": {said}" if code else ""))

    inside = int(subprocess.run(["pgrep", "--parent", str(portal.process.pid)], capture_output=True, text=True, check=True).stdout.split()[0])
    status = open(f"/proc/{inside}/status", encoding="utf-8").read()
    check(re.search(r"^CapEff:\t0+$", status, re.M) and re.search(r"^NoNewPrivs:\t1$", status, re.M), "the program has no capability, and gets none")
    os.kill(inside, 15)
    check(portal.process.wait(60) == 0, "SIGTERM to the first process ends it with 0")
    code, _ = image.does(settings, *image.health)
    check(code != 0, "the health check says no after the stop")
    outside = ["-type", "f", "-not", "-path", f"{image.root}{volume}/*", "-not", "-path", f"{image.root}/dev/*"]
    listing = subprocess.run(["find", image.root, "-xdev", "-newermt", f"@{began}", *outside], capture_output=True, text=True, check=True)
    check(not listing.stdout.strip(), f"nothing outside the volume was written {listing.stdout}")


def main():
    if os.geteuid() != 0:
        not_tried("deploy/container", "a chroot takes root")
        sys.exit(77)
    if not shutil.which("debootstrap"):
        not_tried("deploy/container", "debootstrap is not installed and cannot be")
        sys.exit(77)
    (build, build_steps), (last, last_steps) = stages()
    program = build_stage(build, build_steps) or PROGRAM
    starts(Image(last, last_steps, program))
    not_tried("docker build and docker run of deploy/container", "there is no container engine and no registry of images here")


main()
