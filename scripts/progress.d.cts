export function showProgress(text: string): (outcome: string) => void;
