import { expect, test } from 'vitest'
import { canonicalImage, parseImageReference } from './image-reference.ts'

test.each([
  ['nginx', { registry: 'docker.io', path: 'nginx', tag: 'latest' }],
  ['docker.io/library/nginx:1.27', { registry: 'docker.io', path: 'nginx', tag: '1.27' }],
  ['index.docker.io/me/app', { registry: 'docker.io', path: 'me/app', tag: 'latest' }],
  ['me/app:v1', { registry: 'docker.io', path: 'me/app', tag: 'v1' }],
  ['localhost/app', { registry: 'localhost', path: 'app', tag: 'latest' }],
  ['localhost:5000/a/b:x', { registry: 'localhost:5000', path: 'a/b', tag: 'x' }],
  ['ghcr.io/a/b', { registry: 'ghcr.io', path: 'a/b', tag: 'latest' }],
  ['app@sha256:ab', { registry: 'docker.io', path: 'app', tag: '', digest: 'sha256:ab' }],
  ['app:1@sha256:ab', { registry: 'docker.io', path: 'app', tag: '1', digest: 'sha256:ab' }],
])('%s', (image, expected) => {
  expect(parseImageReference(image)).toEqual(expected)
})

test.each([
  ['docker.io/library/myapp:1.0', 'myapp:1.0'],
  ['myapp', 'myapp:latest'],
  ['quay.io/a/b:c', 'quay.io/a/b:c'],
  ['app@sha256:ab', 'app@sha256:ab'],
])('%s is %s', (image, expected) => {
  expect(canonicalImage(image)).toBe(expected)
})
