/** A terminal for `exec -t`: a small Python program holds the pseudo-terminal, because Node has no call that makes one. */

/**
 * Arguments: the device that makes terminals, the command. Runs the command, which takes the new terminal as its own
 * (node/ports.ts), with the terminal as its standard streams. Standard input and output are the terminal's; each line
 * `<rows> <columns>` on descriptor 3 sets its size. Ends with the command's exit code (128 + signal).
 * It writes to the terminal only what the terminal takes, so that a command that does not read cannot block output.
 */
const terminalProgram = `
import errno, fcntl, os, select, signal, struct, sys, termios
command = sys.argv[2:]
TIOCSPTLCK, TIOCGPTPEER = 0x40045431, 0x5441
master = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(master, TIOCSPTLCK, struct.pack('i', 0))
slave = fcntl.ioctl(master, TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY)
pid = os.fork()
if pid == 0:
    for target in (0, 1, 2):
        os.dup2(slave, target)
    os.closerange(3, 64)
    try:
        os.execv(command[0], command)
    except OSError as error:
        os.write(2, (command[0] + ': ' + os.strerror(error.errno) + '\\n').encode())
        os._exit(127)
signal.signal(signal.SIGTERM, lambda number, frame: os.kill(pid, number))
os.close(slave)
os.set_blocking(master, False)
def write_all(data):
    while data:
        data = data[os.write(1, data):]
readers = [0, 3, master]
pending, sizes, status = b'', b'', None
while master in readers:
    if status is None:
        done, code = os.waitpid(pid, os.WNOHANG)
        status = code if done else None
    ready, writable, _ = select.select(
        [fd for fd in readers if fd or not pending], [master] if pending else [], [], 0.05 if status is None else 0)
    if status is not None and master not in ready:
        break
    if master in ready:
        try:
            data = os.read(master, 65536)
        except OSError as error:
            data = b'' if error.errno == errno.EIO else None
        if data == b'':
            readers.remove(master)
        elif data:
            write_all(data)
    if 3 in ready:
        chunk = os.read(3, 4096)
        if not chunk:
            readers.remove(3)
        *lines, sizes = (sizes + chunk).split(b'\\n')
        for line in lines:
            rows, columns = line.split()
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
    if 0 in ready:
        chunk = os.read(0, 65536)
        if not chunk:
            readers.remove(0)
        pending = chunk or b'\\x04'
    if writable:
        try:
            pending = pending[os.write(master, pending):]
        except BlockingIOError:
            pass
if status is None:
    status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`

export interface TerminalCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly ptmx?: string
}

/** Wraps a command (absolute path) so that it runs on a terminal. `python` is the absolute path of Python 3. */
export const onTerminal = (command: TerminalCommand, python: string): TerminalCommand => ({
  file: python,
  args: ['-I', '-S', '-c', terminalProgram, command.ptmx ?? '/dev/ptmx', command.file, ...command.args],
})
