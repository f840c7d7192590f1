// The layers of architecture/layers.json as rules: who may import whom, checked on the whole import graph.
const { pure, effect, onlyImporters, pureLibraries } = require('./architecture/layers.json')

const layers = { ...pure, ...effect }
const testFile = '[.](test|conformance)[.]ts$'
const alternatives = (names) => names.map((name) => name.replaceAll('/', '\\/')).join('|')

const layerRules = Object.entries(layers)
  .filter(([, allowed]) => !allowed.includes('*'))
  .map(([layer, allowed]) => ({
    name: `layer:${layer}`,
    comment: `src/${layer} may import only: ${[layer, 'primitives', ...allowed].join(', ')}`,
    severity: 'error',
    from: { path: `^src/${layer}/`, pathNot: testFile },
    to: { path: '^(src|images)/', pathNot: `^src/(${alternatives([layer, 'primitives', ...allowed])})/` },
  }))

const importerRules = Object.entries(onlyImporters).map(([module, importers]) => ({
  name: `only-importer:${module}`,
  comment: `${module} belongs to ${importers.join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/(${alternatives(importers)})/`, testFile] },
  to: { path: `(^|node_modules/)(node:)?${module}(/|$)` },
}))

module.exports = {
  forbidden: [
    ...layerRules,
    ...importerRules,
    {
      name: 'pure-folders-have-no-effects',
      comment: 'Pure folders take values and give values: no disk, socket, process, clock or randomness.',
      severity: 'error',
      from: { path: `^src/(${alternatives(Object.keys(pure))})/`, pathNot: testFile },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: `node_modules/(${pureLibraries.join('|')})/`,
      },
    },
    {
      name: 'unlisted-folder',
      comment: 'Every folder under src is a layer of architecture/layers.json.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${alternatives(Object.keys(layers))})/` },
    },
    { name: 'no-cycle', severity: 'error', from: { pathNot: '/generated/' }, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { pathNot: '/generated/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/generated/'] },
    exclude: { path: '/testdata/' },
    // Packages with an exports map (@bufbuild/protobuf/wkt, @fast-check/vitest) resolve only with these conditions.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
