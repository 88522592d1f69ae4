/** JSON of every dashboard, by file name without ending. */
export const dashboardFiles = (): Readonly<Record<string, string>> => ({})
