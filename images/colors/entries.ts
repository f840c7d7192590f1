import type { CatalogueEntry } from '../../src/node/images/catalogue-resolver.ts'

/** BoxBoat's application for weight based routing. */
export const colorsImages: readonly CatalogueEntry[] = [
  {
    name: 'jcantosz/demo-colors',
    program: 'colors/colors-main.js',
    description: 'HTTP on 3000: a page in $COLOR; each view is told to http://$LOG_BACKEND',
  },
  {
    name: 'jcantosz/demo-logger-backend',
    program: 'colors/logger-backend-main.js',
    description: 'HTTP on 3000: counts the colors that were served (GET, POST, DELETE /)',
  },
  {
    name: 'jcantosz/demo-logger-frontend',
    program: 'colors/logger-frontend-main.js',
    description: 'HTTP on 3000: a page with the tally of http://$LOG_BACKEND',
  },
]
