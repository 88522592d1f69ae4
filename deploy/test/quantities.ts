const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
}

/** A Kubernetes quantity as a number; NaN where Kubernetes would refuse it (256MB). */
export const quantity = (text: string | number): number => {
  const found = /^(\d+(?:\.\d+)?)(\D*)$/.exec(String(text))
  const factor = found === null ? undefined : FACTORS[found[2] ?? '']
  return factor === undefined ? Number.NaN : Number(found?.[1]) * factor
}
