"""A cluster of PostgreSQL that may be frozen, filled, killed and followed by a standby. It is made for this run."""

import glob
import os
import shutil
import signal
import subprocess

from . import scratch
from .case import NotTried, check, until


def _program(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}")) or [shutil.which(name)]
    if not found[-1]:
        raise NotTried("PostgreSQL is not installed")
    return found[-1]


def _as_postgres(*command, environment=None, **how):
    if os.getuid() == 0:
        command = ("runuser", "-u", "postgres", "--", *command)
    return subprocess.run(command, cwd="/", capture_output=True, text=True, env=environment, **how)


class Postgres:
    """`folder` is where its data lies; `options` go to the server."""

    def __init__(self, folder=None, environment=None, **options):
        self.folder = folder or scratch.folder("postgres")
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.data = f"{self.folder}/data"
        self.port = scratch.free_port()
        self.environment = os.environ | (environment or {})
        self.options = {"max_connections": 100, "fsync": "off", "autovacuum": "off"} | options

    def __enter__(self):
        made = _as_postgres(_program("initdb"), "-D", self.data, "-U", "tests", "--auth=trust", "--no-sync",
                            "--encoding=UTF8", "--locale=C.UTF-8", timeout=120)
        check(made.returncode == 0, f"initdb: {made.stderr}")
        return self.start()

    def start(self):
        options = " ".join(f"-c {name}={value}" for name, value in self.options.items())
        done = _as_postgres(_program("pg_ctl"), "start", "-w", "-s", "-D", self.data, "-l", f"{self.folder}/log",
                            "-o", f"-p {self.port} -c listen_addresses=127.0.0.1 "
                                  f"-c unix_socket_directories={self.folder} {options}",
                            environment=self.environment, timeout=120)
        check(done.returncode == 0, f"pg_ctl start: {done.stderr}{self.log()[-500:]}")
        return self

    def __exit__(self, *_):
        for process in self.processes():
            os.kill(process, signal.SIGCONT)
        self.stop("immediate")

    def stop(self, how="fast"):
        _as_postgres(_program("pg_ctl"), "stop", "-w", "-s", "-m", how, "-D", self.data, timeout=120)

    def log(self):
        try:
            with open(f"{self.folder}/log") as log:
                return log.read()
        except OSError:
            return ""

    def url(self, database="portal", role="tests", port=None, **parameters):
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgres://{role}@127.0.0.1:{port or self.port}/{database}" + (f"?{query}" if query else "")

    def database(self, name="portal", **parameters):
        """Makes an empty database, and returns its address."""
        self.sql(f'CREATE DATABASE "{name}"', database="postgres")
        return self.url(name, **parameters)

    def sql(self, *statements, database="portal", timeout=30):
        commands = [word for statement in statements for word in ("-c", statement)]
        done = subprocess.run([*self._psql(database), *commands], capture_output=True, text=True, timeout=timeout)
        check(done.returncode == 0, f"{statements}: {done.stderr}")
        return done.stdout.strip()

    def session(self, database="portal"):
        """A session that stays open: statements go to its `stdin`. Ends when that is closed."""
        return subprocess.Popen(self._psql(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.DEVNULL,
                                bufsize=1)

    def holding(self, statement, database="portal"):
        """A session in whose open transaction `statement` was executed."""
        session = self.session(database)
        session.stdin.write(f"BEGIN;\n{statement};\nSELECT 'held';\n")
        session.stdin.flush()
        while "held" not in session.stdout.readline():
            pass
        return session

    def _psql(self, database):
        return [_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                "-p", str(self.port), "-U", "tests", "-d", database]

    def processes(self):
        """All processes of the server; the first is its parent."""
        try:
            with open(f"{self.data}/postmaster.pid") as file:
                parent = int(file.readline())
        except (OSError, ValueError):
            return []
        children = []
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as stat:
                    text = stat.read()
            except OSError:
                continue
            if int(text.rpartition(")")[2].split()[1]) == parent:
                children.append(int(path.split("/")[2]))
        return [parent, *children]

    def backends(self, database="portal"):
        """The processes that serve connections to `database`."""
        found = []
        for process in self.processes()[1:]:
            try:
                with open(f"/proc/{process}/cmdline", "rb") as line:
                    if f"tests {database} 127".encode() in line.read():
                        found.append(process)
            except OSError:
                pass
        return found

    @staticmethod
    def send(which, processes):
        for process in processes:
            try:
                os.kill(process, which)
            except ProcessLookupError:
                pass

    def standby(self):
        """A second server that follows this one. Started; ends with `__exit__`."""
        self.sql("ALTER SYSTEM SET wal_level = replica", database="postgres")
        follower = Postgres(**self.options)
        done = _as_postgres(_program("pg_basebackup"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests",
                            "-D", follower.data, "-R", "-X", "stream", "--no-sync", "-c", "fast", timeout=120)
        check(done.returncode == 0, f"pg_basebackup: {done.stderr}")
        return follower.start()

    def promote(self):
        done = _as_postgres(_program("pg_ctl"), "promote", "-w", "-s", "-D", self.data, timeout=60)
        check(done.returncode == 0, f"promote: {done.stderr}")

    def caught_up(self, follower):
        here = self.sql("SELECT pg_current_wal_flush_lsn()", database="postgres")
        until(lambda: follower.sql(f"SELECT pg_last_wal_replay_lsn() >= '{here}'", database="postgres") == "t", 20,
              "the standby has caught up")


def dump(server, path, database="portal"):
    done = subprocess.run([_program("pg_dump"), "-Fc", "-f", path, server.url(database)], capture_output=True, text=True)
    check(done.returncode == 0, f"pg_dump: {done.stderr}")


def load(server, path, database="portal"):
    done = subprocess.run([_program("pg_restore"), "--exit-on-error", "-d", server.url(database), path],
                          capture_output=True, text=True)
    check(done.returncode == 0, f"pg_restore: {done.stderr}")
