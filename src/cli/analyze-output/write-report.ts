/** Reports of `weft analyze` and `weft validate`, in the forms that people, scripts, editors and CI systems read. */
import { CodedError } from '../../primitives/coded-error.ts'
import { githubReport } from './github-report.ts'
import { junitReport } from './junit-report.ts'
import type { Report } from './report.ts'
import { sarifReport } from './sarif-report.ts'
import { textReport } from './text-report.ts'

const FORMATS = ['text', 'json', 'yaml', 'sarif', 'junit', 'github'] as const
export type ReportFormat = (typeof FORMATS)[number]

/** Throws CodedError `wrong-usage` for a format that there is not. */
export const readFormat = (text: string | undefined): ReportFormat => {
  const format = FORMATS.find((known) => known === (text ?? 'text'))
  if (format !== undefined) return format
  throw new CodedError('wrong-usage', `--output ${text ?? ''}: write ${FORMATS.join(', ')}`)
}

export const writeReport = async (format: ReportFormat, report: Report): Promise<string> => {
  const plain = report.entries.map(({ entry }) => entry)
  switch (format) {
    case 'text':
      return textReport(report)
    case 'json':
      return `${JSON.stringify(plain, undefined, 2)}\n`
    case 'yaml': {
      const { stringify } = await import('yaml')
      return stringify(plain)
    }
    case 'sarif':
      return sarifReport(report)
    case 'junit':
      return junitReport(report)
    case 'github':
      return githubReport(report)
  }
}
