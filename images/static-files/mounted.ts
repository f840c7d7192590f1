import { readFileSync, realpathSync } from 'node:fs'

/**
 * Whether a volume is mounted at the directory itself, as /proc/self/mountinfo (proc(5)) tells: what the image has there
 * is hidden then.
 */
export const isMounted = (directory: string): boolean => {
  try {
    const path = realpathSync(directory)
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    return lines.some((line) => line.split(' ')[4] === path)
  } catch {
    return false
  }
}
