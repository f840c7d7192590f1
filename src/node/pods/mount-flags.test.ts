import { expect, test } from 'vitest'
import { mountFlags } from './mount-flags.ts'

const mountinfo = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
40 27 0:40 / /home rw,nosuid,nodev,relatime shared:3 - ext4 /dev/vdb rw
41 40 0:41 / /home/my\\040user rw,relatime - tmpfs tmpfs rw
42 27 0:42 / /mnt rw,noexec - tmpfs tmpfs rw
43 42 0:43 / /mnt rw,nodev - tmpfs tmpfs rw
`

test.each([
  ['/usr/bin', []],
  ['/proc', ['nosuid', 'nodev', 'noexec']],
  ['/process', []],
  ['/home/ada/.weft', ['nosuid', 'nodev']],
  ['/home/my user/x', []],
  ['/mnt/x', ['nodev']],
])('%s lies on a mount with %j', (path, flags) => {
  expect(mountFlags(mountinfo)(path)).toEqual(flags)
})

test('where nothing is known there are none', () => {
  expect(mountFlags('')('/usr')).toEqual([])
})
