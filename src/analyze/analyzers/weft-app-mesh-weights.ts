/** Routes of App Mesh whose targets all have weight 0. */
import type { Analyzer } from '../analyzer.ts'
import { appMeshKey, appMeshRoutes } from '../app-mesh-references.ts'
import { finding } from '../finding.ts'

export const weftAppMeshWeights: Analyzer = {
  name: 'weft.AppMeshWeightAnalyzer',
  description: 'Checks that routes of App Mesh have a target with a weight',
  codes: ['WFT0303'],
  analyze: (set) =>
    set.of(appMeshKey('VirtualRouter')).flatMap((router) =>
      appMeshRoutes(router)
        .filter(({ targets }) => targets.length > 0 && targets.every(({ weight }) => weight === 0))
        .map(({ name, path }) => finding('WFT0303', router, [name], { field: path })),
    ),
}
