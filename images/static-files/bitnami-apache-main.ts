import { runApache } from './apache.ts'

runApache('/opt/bitnami/apache/htdocs', Number(process.env['APACHE_HTTP_PORT_NUMBER'] || 8080))
