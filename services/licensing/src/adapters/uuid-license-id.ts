import { parse, v5 as uuidv5 } from 'uuid'
import type { IdentifyLicense } from '../domain/derived-license.ts'

/** Namespace of license ids. Never change it: every id of every installation follows from it. */
const NAMESPACE = parse('6a0f7c1e-3d1b-5b8e-9a57-2f6f0f3f4c11')

export const identifyLicense: IdentifyLicense = (name) => uuidv5(name, NAMESPACE)
