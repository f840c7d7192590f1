import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

/** nginx and httpd as static file servers on the paths and ports of the originals. */
export const staticFileImages: readonly CatalogueEntry[] = [
  {
    name: 'nginx',
    aliases: ['nginx/nginx'],
    program: 'static-files/nginx-main.js',
    directories: ['/usr/share/nginx/html'],
    description: 'HTTP on 80: the files of /usr/share/nginx/html',
  },
  {
    name: 'httpd',
    program: 'static-files/httpd-main.js',
    workdir: '/usr/local/apache2',
    directories: ['/usr/local/apache2/htdocs'],
    description: 'HTTP on 80: the files of /usr/local/apache2/htdocs',
  },
  {
    name: 'bitnami/apache',
    aliases: ['bitnamilegacy/apache'],
    program: 'static-files/bitnami-apache-main.js',
    workdir: '/opt/bitnami/apache',
    directories: ['/opt/bitnami/apache/htdocs'],
    links: { '/app': '/opt/bitnami/apache/htdocs' },
    description: 'HTTP on 8080: the files of /app, which is /opt/bitnami/apache/htdocs',
  },
]
