/** What a library function throws: the evaluation fails with these words, which a short-circuit may still absorb. */
import { EvaluationError } from '@marcbachmann/cel-js'

export const celFailure = (message: string): EvaluationError =>
  new EvaluationError({ code: 'library_failure', message })
