import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from '../downloads/run-tool.ts'

/** A certificate for this machine that is its own authority, and its key; PEM files. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  /** Key and certificate in one file, as Kafka and MongoDB want it. */
  readonly bothFile: string
}

/** Good for a day, for 127.0.0.1 and localhost. Needs OpenSSL. */
export const makeCertificate = async (folder: string): Promise<Certificate> => {
  const made = {
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
    bothFile: join(folder, 'both.pem'),
  }
  const { code, output } = await runTool('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-keyout', made.keyFile, '-out', made.certFile, '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
  ])
  if (code !== 0) throw new Error(`openssl failed (exit ${code}): ${output.slice(-400)}`)
  writeFileSync(
    made.bothFile,
    `${readFileSync(made.keyFile, 'utf8')}${readFileSync(made.certFile, 'utf8')}`,
    {
      mode: 0o600,
    },
  )
  return made
}
