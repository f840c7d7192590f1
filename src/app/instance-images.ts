import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catalogue } from '../../images/catalogue.ts'
import { openImageMappings } from '../images/image-mappings.ts'
import { catalogueResolver } from '../node/images/catalogue-resolver.ts'
import { firstResolver, type ImageResolver } from '../node/images/image-resolver.ts'
import { mappingResolver } from '../node/images/mapping-resolver.ts'
import type { InstanceConfig } from './instance-config.ts'
import type { InstanceHome } from './instance-home.ts'
import { proxyImages } from './proxy-images.ts'
import { systemClock } from './system-clock.ts'

/** Where the built programs of the catalogue lie: dist/images, beside dist/src. */
const catalogueDirectory = dirname(fileURLToPath(new URL('../../images/catalogue.js', import.meta.url)))

/** The node_modules that holds the libraries of the catalogue's programs, wherever npm put it. */
const librariesDirectory = (): string => {
  const file = fileURLToPath(import.meta.resolve('send'))
  return file.slice(0, file.lastIndexOf('/node_modules/') + '/node_modules'.length)
}

/** What image names stand for: the proxy's own, what the user mapped, then the catalogue. */
export const instanceImages = (home: InstanceHome, config: InstanceConfig): ImageResolver =>
  firstResolver([
    proxyImages(config.envoyBinary, systemClock),
    mappingResolver(openImageMappings(home.images), { userHome: config.userHome, path: config.searchPath }),
    catalogueResolver(catalogue, {
      directory: catalogueDirectory,
      nodeExecutable: process.execPath,
      libraries: librariesDirectory(),
    }),
  ])
