export function showProgress(text: string, howFar?: () => string): (outcome: string) => void;
