export function UptimePage(){ return null }
