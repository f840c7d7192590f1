import { accessSync, constants } from 'node:fs'

/** Whether this user may write to what is there (access(2)). */
export const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
