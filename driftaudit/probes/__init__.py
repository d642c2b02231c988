"""Questions to the running application, asked as the host sees it."""
