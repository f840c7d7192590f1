/** The socket that takes connections to any address, and the rules that lead them to it. */
import { formatCidr } from '../../../primitives/cidr.ts'
import { clusterBridge, type ClusterAddresses } from '../cluster-network.ts'

const PORT = 15_099

/** Marks what is to be delivered here although its address is elsewhere. */
const MARK = 0x7766

/**
 * Node cannot set IP_TRANSPARENT (19), without which the kernel hands no foreign address to a socket. So a few lines of
 * Python open the socket, add `outside=DESCRIPTOR` to the command that they were given, and become it. Without the
 * socket the command runs all the same.
 */
const program = `
import os, socket, sys
command = sys.argv[1:]
try:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_IP, 19, 1)
    listener.bind(('0.0.0.0', ${PORT}))
    listener.listen(1024)
    os.set_inheritable(listener.fileno(), True)
    command.append('outside=%d' % listener.fileno())
except OSError as error:
    sys.stderr.write('no way outside for pods: %s\\n' % error)
os.execvp(command[0], command)
`

/** The command, to be run in the cluster's network namespace with the socket. */
export const withTransparentSocket = (python: string, command: readonly string[]): readonly string[] => [
  python,
  '-I',
  '-S',
  '-c',
  program,
  ...command,
]

/** The descriptor that the command was given, if any. */
export const transparentSocketIn = (args: readonly string[]): number | undefined => {
  const found = args.map((argument) => /^outside=(\d+)$/.exec(argument)?.[1]).find((fd) => fd !== undefined)
  return found === undefined ? undefined : Number(found)
}

/**
 * A script for `sh -e` in the cluster's network namespace; running it again changes nothing. It comes after the
 * translation of service addresses: what still has a foreign address then is meant for the outside.
 */
export const outsideRulesScript = ({ podRange, serviceRange }: ClusterAddresses): string => {
  const inside = [formatCidr(podRange), formatCidr(serviceRange), '127.0.0.0/8', '224.0.0.0/3']
  return `ip rule del fwmark ${MARK} lookup ${MARK} 2>/dev/null || true
ip rule add fwmark ${MARK} lookup ${MARK}
ip route replace local default dev lo table ${MARK}
nft -f - <<END
add table ip weft-outside
delete table ip weft-outside
table ip weft-outside {
  chain prerouting {
    type filter hook prerouting priority -90
    iifname != "${clusterBridge}" return
    ip daddr { ${inside.join(', ')} } return
    meta l4proto tcp tproxy to :${PORT} meta mark set ${MARK} accept
  }
}
END
`
}
