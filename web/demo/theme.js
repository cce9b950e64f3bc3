// Sets the theme that was chosen last, before anything is drawn.
// SPDX-License-Identifier: MIT
{
    let theme = null;
    try {
        theme = localStorage.getItem('exportloom-theme');
    } catch {
        // Storage may be forbidden; then the system's theme counts.
    }
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
