export async function doctorCommand(_print: (line: string) => void): Promise<void> {}
