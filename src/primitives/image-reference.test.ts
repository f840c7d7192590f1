import { expect, test } from 'vitest'
import { canonicalImage, imageReferenceProblem, parseImageReference } from './image-reference.ts'

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

test.each([
  ['nginx', undefined],
  ['localhost:5000/a/b__c:X.1-2', undefined],
  ['quay.io/curl/curl:8', undefined],
  ['912.dkr.ecr.us-east-1.amazonaws.com/howto-k8s-http2/color_server', undefined],
  [`app:1@sha256:${'ab'.repeat(32)}`, undefined],
  ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ['me/App:1', 'invalid reference format: repository name (me/App) must be lowercase'],
  ['', 'invalid reference format'],
  ['a b', 'invalid reference format'],
  ['app:', 'invalid reference format'],
  ['app@sha256:ab', 'invalid reference format'],
  ['https://example.com/app', 'invalid reference format'],
])('%j: %s', (image, problem) => {
  expect(imageReferenceProblem(image)).toBe(problem)
})
