// Generates src/xds/proto/generated/** (JavaScript and its types) from the .proto files inside @grpc/grpc-js-xds.
// Those files do not compile as they lie, so a prepared copy does; nothing is downloaded. `--force` regenerates.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { rootProtos } from './envoy-protos.mjs'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(project, 'src/xds/proto/generated')
const stamp = join(target, 'INPUTS.sha256')
const packageFolder = (name) => join(project, 'node_modules', name)

/** Where each import root of the .proto files lies inside the package. */
const importRoots = ['envoy-api', 'googleapis', 'xds', 'protoc-gen-validate']

/** Files that hold nothing but annotations for other tools; the descriptors lose them, and with them a third of the bytes. */
const annotationFiles =
  /^(validate\/|udpa\/annotations\/|envoy\/annotations\/|xds\/annotations\/|google\/api\/(annotations|http)\.proto)/

/** `validate.proto` of the package is older than the files that use it: its rules lack `ignore_empty`. */
const withIgnoreEmpty = (text) =>
  text.replaceAll(
    /^message (Float|Double|S?Int32|S?Int64|UInt32|UInt64|S?Fixed32|S?Fixed64|String|Bytes|Repeated|Map)Rules \{$/gm,
    (head) => `${head}\n    optional bool ignore_empty = 100;`,
  )

const readProto = async (deps, path) => {
  for (const root of importRoots) {
    try {
      return await readFile(join(deps, root, path), 'utf8')
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${path} is not in @grpc/grpc-js-xds: take it out of tools/envoy-protos.mjs`)
}

/** The root files and all that they import, as path to text. */
const importClosure = async (deps) => {
  const texts = new Map()
  const waiting = [...rootProtos]
  while (waiting.length > 0) {
    const path = waiting.pop()
    if (path === undefined || texts.has(path) || path.startsWith('google/protobuf/')) continue
    const text = await readProto(deps, path)
    texts.set(path, path === 'validate/validate.proto' ? withIgnoreEmpty(text) : text)
    for (const [, imported] of text.matchAll(/^import\s+(?:public\s+|weak\s+)?"([^"]+)"/gm))
      waiting.push(imported)
  }
  return texts
}

const inputsHash = async (texts) => {
  const hash = createHash('sha256')
  for (const [path, text] of [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${text}\0`)
  for (const name of ['@bufbuild/buf', '@bufbuild/protoc-gen-es', '@bufbuild/protobuf']) {
    hash.update(JSON.parse(await readFile(join(packageFolder(name), 'package.json'), 'utf8')).version)
  }
  hash.update(await readFile(fileURLToPath(import.meta.url)))
  return hash.digest('hex')
}

/** Empties every options message of custom options (which lie there as unknown fields). */
const dropCustomOptions = (message) => {
  if (message.options !== undefined) delete message.options.$unknown
  for (const list of [
    'messageType',
    'nestedType',
    'enumType',
    'value',
    'field',
    'extension',
    'oneofDecl',
    'service',
    'method',
  ]) {
    for (const part of message[list] ?? []) dropCustomOptions(part)
  }
}

/** Takes annotations out of an image (a FileDescriptorSet), and the imports that they needed. */
const withoutAnnotations = (image) => {
  const set = fromBinary(FileDescriptorSetSchema, image)
  set.file = set.file.filter((file) => !annotationFiles.test(file.name))
  for (const file of set.file) {
    dropCustomOptions(file)
    const kept = file.dependency
      .map((name, index) => ({ name, index }))
      .filter(({ name }) => !annotationFiles.test(name))
    const places = new Map(kept.map(({ index }, place) => [index, place]))
    file.dependency = kept.map(({ name }) => name)
    file.publicDependency = file.publicDependency.flatMap((index) => places.get(index) ?? [])
    file.weakDependency = []
  }
  return toBinary(FileDescriptorSetSchema, set)
}

const generate = async (texts, hash) => {
  const work = await mkdtemp(join(tmpdir(), 'weft-protobuf-'))
  const buf = (...args) => {
    const bin = join(project, 'node_modules/.bin')
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
    execFileSync(join(bin, 'buf'), args, { cwd: work, env, stdio: ['ignore', 'inherit', 'inherit'] })
  }
  try {
    for (const [path, text] of texts) {
      await mkdir(dirname(join(work, 'proto', path)), { recursive: true })
      await writeFile(join(work, 'proto', path), text)
    }
    const plugin = {
      local: 'protoc-gen-es',
      strategy: 'all',
      out: 'out',
      include_imports: true,
      opt: ['target=js+dts', 'import_extension=js'],
    }
    await writeFile(join(work, 'proto/buf.yaml'), 'version: v2\n')
    await writeFile(join(work, 'buf.gen.yaml'), JSON.stringify({ version: 'v2', plugins: [plugin] }))
    buf('build', 'proto', '-o', 'whole.binpb')
    await writeFile(join(work, 'image.binpb'), withoutAnnotations(await readFile(join(work, 'whole.binpb'))))
    buf('generate', 'image.binpb')
    await writeFile(join(work, 'out/INPUTS.sha256'), `${hash}\n`)
    await replaceFolder(join(work, 'out'), target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Swaps a finished folder in, so that an interrupted run leaves the old one. */
const replaceFolder = async (from, to) => {
  const next = `${to}.next`
  await rm(next, { recursive: true, force: true })
  await cp(from, next, { recursive: true })
  await rm(to, { recursive: true, force: true })
  await rename(next, to)
}

const texts = await importClosure(join(packageFolder('@grpc/grpc-js-xds'), 'deps'))
const hash = await inputsHash(texts)
const present = await readFile(stamp, 'utf8').catch(() => '')
if (present.trim() === hash && !process.argv.includes('--force')) {
  console.log('protobuf: src/xds/proto/generated is up to date')
} else {
  const started = Date.now()
  await generate(texts, hash)
  console.log(`protobuf: generated from ${texts.size} .proto files in ${Date.now() - started} ms`)
}
