export interface Usage {
  readonly rssMb: number
  /** Processor time since the process began. */
  readonly cpuMs: number
}

/** What a service says of itself in its metrics. */
export const readUsage = async (opsPort: number): Promise<Usage> => {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  return {
    rssMb: gauge('process_resident_memory_bytes') / (1024 * 1024),
    cpuMs: gauge('process_cpu_seconds_total') * 1000,
  }
}
