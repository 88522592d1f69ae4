export interface DashboardQuery {
  readonly dashboard: string
  readonly panel: string
  /** With Grafana's variables replaced by what they would be. */
  readonly query: string
}

interface Panel {
  readonly title?: string
  readonly targets?: readonly { readonly expr?: string }[]
  readonly panels?: readonly Panel[]
}

const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/\$__rate_interval/g, '1m'],
  [/\$__interval/g, '1m'],
  [/\$__range/g, '1h'],
  [/\$\{?(?:job|instance|livemode|service)\}?/g, '.*'],
]

const panelsOf = (panels: readonly Panel[]): readonly Panel[] =>
  panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])])

/** Every query of every panel, ready to be run. */
export const dashboardQueries = (files: Readonly<Record<string, string>>): readonly DashboardQuery[] =>
  Object.entries(files).flatMap(([dashboard, json]) => {
    const { panels = [] } = JSON.parse(json) as { readonly panels?: readonly Panel[] }
    return panelsOf(panels).flatMap(({ title = '', targets = [] }) =>
      targets.flatMap(({ expr }) =>
        expr === undefined
          ? []
          : [
              {
                dashboard,
                panel: title,
                query: VARIABLES.reduce((text, [variable, value]) => text.replace(variable, value), expr),
              },
            ],
      ),
    )
  })
