import { runApache } from './apache.ts'

runApache('/usr/local/apache2/htdocs', 80)
