/** File systems that the node itself mounts for pods: needs the rights of root, if only of a user namespace. */
import { readFile } from 'node:fs/promises'
import { runCommand } from '../network/run-command.ts'

/** The mount points at or below a directory, the deepest last (proc(5), mountinfo). */
const mountPoints = async (directory: string): Promise<readonly string[]> => {
  const text = await readFile('/proc/self/mountinfo', 'utf8')
  return text.split('\n').flatMap((line) => {
    const path = line
      .split(' ')[4]
      ?.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)))
    return path !== undefined && (path === directory || path.startsWith(`${directory}/`)) ? [path] : []
  })
}

export const isMountPoint = async (directory: string): Promise<boolean> =>
  (await mountPoints(directory)).includes(directory)

/** A tmpfs of at most `size` bytes. Throws CodedError `command-failed` where mounting is not possible. */
export const mountMemory = async (directory: string, size: number | undefined): Promise<void> => {
  const options = ['nosuid', 'nodev', ...(size === undefined ? [] : [`size=${size}`])]
  await runCommand('mount', ['-t', 'tmpfs', '-o', options.join(','), 'weft-volume', directory], '')
}

/** Takes away every mount at or below a directory. Throws CodedError `command-failed`. */
export const unmountBelow = async (directory: string): Promise<void> => {
  const points = (await mountPoints(directory)).toReversed()
  if (points.length > 0) await runCommand('umount', ['--lazy', ...points], '')
}
