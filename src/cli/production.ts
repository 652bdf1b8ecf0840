// Imported before all else: libraries look at this once, when they are loaded, and check less of what they were given.
process.env['NODE_ENV'] ??= 'production';
